"""Label blood on a head CT: the protocol and its back-ends, one file each."""
