"""Read a head CT, check it, correct its geometry, and find the brain in it."""
