# FairGen in a container. CPU by default; with an NVIDIA GPU:
#   docker build --build-arg TORCH=cuda -t fairgen . && docker run --gpus all -p 8501:8501 fairgen
FROM python:3.11-slim

# cpu: torch's smaller build without CUDA. cuda: the one on PyPI, which brings CUDA along.
ARG TORCH=cpu

RUN apt-get update \
    && apt-get install -y --no-install-recommends make tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 fairgen \
    && install -d -o fairgen -g fairgen /data

ENV FAIRGEN_HOME=/data \
    HEADLESS=true \
    NUMBA_CACHE_DIR=/tmp/numba \
    PIP_NO_CACHE_DIR=1 \
    PORT=8501 \
    PYTHONDONTWRITEBYTECODE=1 \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0

WORKDIR /app

# The packages first, so that a change of the code does not install them again.
COPY Makefile requirements.txt ./
COPY scripts scripts
RUN case "$TORCH" in \
        cpu) PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu make setup ;; \
        cuda) make setup ;; \
        *) echo "TORCH must be cpu or cuda, and it is '$TORCH'." >&2; exit 1 ;; \
    esac

COPY . .

USER fairgen
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/_stcore/health', timeout=4)"]

# tini hands signals to the whole group and reaps the training processes.
ENTRYPOINT ["tini", "-g", "--"]
CMD ["make", "run"]
