"""Lu 2024: radiomics, deep features and their fusion in a support vector machine."""
