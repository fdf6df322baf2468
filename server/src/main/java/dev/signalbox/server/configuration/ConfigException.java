package dev.signalbox.server.configuration;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used. Its message names everything that is wrong, one line each. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<SettingViolation> violations;

    public ConfigException(List<SettingViolation> violations) {
        super(describe(violations));
        this.violations = List.copyOf(violations);
    }

    private static String describe(List<SettingViolation> violations) {
        String title = violations.size() == 1 ? "one setting is wrong:" : violations.size() + " settings are wrong:";
        return violations.stream().map(v -> "  " + v).collect(Collectors.joining("\n", title + "\n", ""));
    }

    public List<SettingViolation> violations() {
        return violations;
    }
}
