package dev.signalbox.observatory;

import java.time.Duration;

/** What became of a request. */
sealed interface Outcome {
    /** The destination took it, but for {@code refused} records if it speaks of a partial success. */
    record Accepted(int bytes, Duration took, int refused) implements Outcome {}

    /** Something in the batch is not acceptable; a smaller batch may be. */
    record Unacceptable(int status, String why) implements Outcome {}

    /** The credentials are not accepted, whatever the batch: 401, 403, 407. */
    record Unauthorized(int status, String why) implements Outcome {}

    /** Not acceptable, whatever the batch: the path, a redirect. */
    record Refused(int status, String why) implements Outcome {}

    /** Not now; {@code wish} is what the destination asks to wait, zero if it does not. */
    record Later(Duration wish, String why) implements Outcome {}
}
