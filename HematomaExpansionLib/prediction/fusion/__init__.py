"""Beyond the four papers: image, markers, radiomics and clinical record together, with doubt."""
