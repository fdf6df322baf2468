package dev.signalbox.server.configuration;

import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.dataformat.yaml.YAMLFactory;

/** A text of YAML. */
public final class YamlText {
    private static final int LEAST_BUFFER = 1024;

    private YamlText() {}

    /** Reads this text, and no longer one. */
    public static YAMLFactory factory(String text) {
        return YAMLFactory.builder().loadSettings(settings(text)).build();
    }

    /**
     * For this text, and no longer one. The buffer holds all of it, since SnakeYAML Engine 3.0.1 fails with an IndexOutOfBoundsException where an
     * emoji, which is two chars, lies across the end of a buffer. Keys that are given twice are left to the caller, who can say which.
     */
    static LoadSettings settings(String text) {
        return LoadSettings.builder()
                .setBufferSize(LEAST_BUFFER + text.length())
                .setAllowDuplicateKeys(true)
                .build();
    }
}
