package dev.signalbox.server.delivery;

import dev.signalbox.server.command.Output;
import java.util.LinkedHashMap;
import java.util.Map;

/** Names refused rows; a reason that many rows share is told a few times and then counted. Confined to one thread. */
final class RefusedRows {
    private static final int MOST_TOLD = 10;
    /** So that a file of rows that are all wrong in their own way cannot make us hold it all. */
    private static final int MOST_REASONS = 1_000;

    private final Map<String, Long> reasons = new LinkedHashMap<>();

    void tell(long line, String reason, Output output) {
        if (reasons.size() < MOST_REASONS || reasons.containsKey(reason)) {
            if (reasons.merge(reason, 1L, Long::sum) > MOST_TOLD) {
                return;
            }
        }
        output.note("line " + line + ": " + reason);
    }

    /** Counts what was not told. */
    void tellRest(Output output) {
        reasons.forEach((reason, count) -> {
            if (count > MOST_TOLD) {
                output.note("and " + (count - MOST_TOLD) + " more rows: " + reason);
            }
        });
        reasons.clear();
    }
}
