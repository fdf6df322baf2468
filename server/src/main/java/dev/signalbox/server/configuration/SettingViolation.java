package dev.signalbox.server.configuration;

/**
 * One thing that is wrong with the configuration.
 *
 * @param path the key, as the file writes it
 * @param problem what was found and what is allowed; never a secret
 * @param place where it was found, such as {@code signalbox.yaml line 7}; empty if it is missing everywhere
 */
public record SettingViolation(String path, String problem, String place) {
    @Override
    public String toString() {
        return path + ": " + problem + (place.isEmpty() ? "" : " (" + place + ")");
    }
}
