package dev.signalbox.testing.simulator;

/**
 * What a simulated provider has counted since its start or last reset. Every request is in exactly one of
 * {@code accepted}, {@code duplicatesByKey}, {@code rejected} and {@code failed}.
 *
 * @param requests requests to send a message
 * @param accepted messages taken, each once
 * @param duplicatesByKey repeats of a known key, answered like the first and not taken again
 * @param duplicatesByContent of those accepted, how many had the number and content of an earlier one under another key
 * @param rejected refused for good with 4xx: incomplete, unauthorised, a refused number, a key used for another message
 * @param keyConflicts of those rejected, how many used a known key for another message
 * @param failed answered 500 or 429, not taken
 * @param unanswered of those accepted or repeated, how many then met a hang, a cut or a rubbish answer
 * @param forgotten keys and contents dropped at the bound; the duplicates are exact while this is 0
 */
public record SmsStats(
        long requests,
        long accepted,
        long duplicatesByKey,
        long duplicatesByContent,
        long rejected,
        long keyConflicts,
        long failed,
        long unanswered,
        long forgotten) {

    /** The ledger's part, read at one moment. */
    record Taken(long accepted, long byKey, long byContent, long conflicts, long forgotten) {}
}
