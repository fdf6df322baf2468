package dev.signalbox.server.configuration;

import java.nio.file.Path;

/** A certificate chain and its private key, files in PEM. Both were readable when the configuration was loaded. */
public record Pem(Path certificate, Path key) {}
