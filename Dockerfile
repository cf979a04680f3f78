# syntax=docker/dockerfile:1

# The version of Fluent Bit is pinned: the image is what was tested. Fluent Bit 2.2 and later works.
ARG FLUENT_BIT_VERSION=5.1.1
# To pin by digest, which no registry can move: --build-arg FLUENT_BIT_IMAGE=fluent/fluent-bit@sha256:…, and the same for the builder.
ARG FLUENT_BIT_IMAGE=fluent/fluent-bit:${FLUENT_BIT_VERSION}
ARG BUILDER_IMAGE=golang:1.26-bookworm

# Debian 12 has glibc 2.36, older than that of the runtime image (Debian 13, glibc 2.41). An object that is linked
# against an older glibc runs on a newer one, never the other way round; so this one also serves images back to 3.0.7.
# The builder runs on the platform of the machine and compiles for that of the image, so that no emulator is needed.
FROM --platform=${BUILDPLATFORM} ${BUILDER_IMAGE} AS builder
ARG BUILDARCH
ARG TARGETARCH
# cgo needs a compiler for the target.
RUN case "${TARGETARCH}" in \
    "${BUILDARCH}") exit ;; \
    arm64) compiler=aarch64-linux-gnu-gcc packages="gcc-aarch64-linux-gnu libc6-dev-arm64-cross" ;; \
    amd64) compiler=x86_64-linux-gnu-gcc packages="gcc-x86-64-linux-gnu libc6-dev-amd64-cross" ;; \
    *) echo "the plugin is for amd64 and arm64, not ${TARGETARCH}" >&2; exit 1 ;; \
    esac; \
    command -v "${compiler}" || { apt-get update && apt-get install -y --no-install-recommends ${packages} && rm -rf /var/lib/apt/lists/*; }; \
    ln -s "$(command -v "${compiler}")" /usr/local/bin/cross-gcc
WORKDIR /src
# Modules first: they change less often than the sources, so this layer is mostly found in the cache.
COPY go.mod go.sum ./
COPY internal/nocodec internal/nocodec
RUN go mod download
COPY . .
# Empty: the version of the sources. The folder .git is not copied.
ARG VERSION=
RUN if [ -e /usr/local/bin/cross-gcc ]; then export CC=cross-gcc; fi; \
    GOARCH="${TARGETARCH}" make build VERSION="${VERSION}" && mkdir -p /state

# The plugin alone, for COPY --from, for image volumes and init containers of Kubernetes: docker build --target plugin.
FROM scratch AS plugin
COPY --from=builder /src/build/ /
USER 65532:65532
ENTRYPOINT ["/entra-signin"]
CMD ["version"]

FROM ${FLUENT_BIT_IMAGE}
# The link must stay a link: Fluent Bit loads both names, and one file with two names is one Go runtime, two files are two.
# COPY of the folder keeps it so; COPY of the link alone would copy what it points to.
COPY --from=builder /src/build/ /fluent-bit/plugins/
# The folder holds the command entra-signin too: `docker run --entrypoint /fluent-bit/plugins/entra-signin IMAGE explain 50126`.
COPY fluent-bit.conf parsers.conf plugins.conf /fluent-bit/etc/
# tail keeps its positions here. The folder belongs to the user below; mount a volume to keep them over a restart,
# which also lets the root file system be read-only.
COPY --from=builder --chown=65532:65532 /state /fluent-bit/state
# 65532 is "nonroot" of the distroless images that the official one is made of.
USER 65532:65532
# Fluent Bit answers 500 when it gave up chunks. Where the server is switched off, switch off the check as well: --no-healthcheck.
ENV ENTRA_HTTP=on
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["/fluent-bit/plugins/entra-signin", "health"]
# The entry point is the image's own, the binary.
CMD ["-c", "/fluent-bit/etc/fluent-bit.conf"]
