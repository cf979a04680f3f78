# syntax=docker/dockerfile:1

# The version of Fluent Bit is pinned: the image is what was tested. Fluent Bit 2.2 and later works.
ARG FLUENT_BIT_VERSION=5.1.1

# Debian 12 has glibc 2.36, older than that of the runtime image (Debian 13, glibc 2.41). An object that is linked
# against an older glibc runs on a newer one, never the other way round; so this one also serves images back to 3.0.7.
# The builder runs on the platform that it builds for: cgo needs the target's own gcc and headers.
FROM golang:1.26-bookworm AS builder
WORKDIR /src
# Modules first: they change less often than the sources, so this layer is mostly found in the cache.
COPY go.mod go.sum ./
COPY internal/nocodec internal/nocodec
RUN go mod download
COPY . .
# Empty: the version of the sources. The folder .git is not copied.
ARG VERSION=
RUN make build VERSION="${VERSION}" && mkdir -p /state

FROM fluent/fluent-bit:${FLUENT_BIT_VERSION}
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
# The entry point is the image's own, the binary.
CMD ["-c", "/fluent-bit/etc/fluent-bit.conf"]
