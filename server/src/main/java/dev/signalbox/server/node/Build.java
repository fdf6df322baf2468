package dev.signalbox.server.node;

import dev.signalbox.server.rest.BuildInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which build this is, from a file that the build writes. */
public final class Build {
    private static final String FILE = "build.properties";
    private static final BuildInfo INFO = read();

    private Build() {}

    public static BuildInfo info() {
        return INFO;
    }

    private static BuildInfo read() {
        var properties = new Properties();
        try (InputStream in = Build.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is missing from the jar");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new BuildInfo(
                properties.getProperty("version"),
                properties.getProperty("build-time"),
                properties.getProperty("git-commit"));
    }
}
