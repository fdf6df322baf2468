package dev.signalbox.observatory;

/** How grave a record is. */
public enum Severity {
    TRACE(1, 3),
    DEBUG(5, 3),
    INFO(9, 3),
    WARN(13, 2),
    ERROR(17, 1);

    private final int otlpNumber;
    private final int everworkerLevel;

    Severity(int otlpNumber, int everworkerLevel) {
        this.otlpNumber = otlpNumber;
        this.everworkerLevel = everworkerLevel;
    }

    /** The one with this number; throws {@link IllegalArgumentException} if there is none. */
    static Severity of(int otlpNumber) {
        for (var severity : values()) {
            if (severity.otlpNumber == otlpNumber) {
                return severity;
            }
        }
        throw new IllegalArgumentException("no severity has the number " + otlpNumber);
    }

    /** The severity number of the OpenTelemetry log data model. */
    int otlpNumber() {
        return otlpNumber;
    }

    /** 1 error, 2 warning, 3 information; that format knows nothing finer. */
    int everworkerLevel() {
        return everworkerLevel;
    }
}
