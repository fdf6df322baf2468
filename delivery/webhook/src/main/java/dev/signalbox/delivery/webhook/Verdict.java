package dev.signalbox.delivery.webhook;

import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.http.Exchange;
import dev.signalbox.http.HttpAnswer;
import dev.signalbox.http.RetryAfter;
import java.time.Instant;
import java.util.Optional;

/** What a receiver's answer means; the table is in {@link WebhookSender}'s Javadoc. */
final class Verdict {
    static final int GONE = 410;
    private static final int LONGEST_QUOTE = 200;

    private Verdict() {}

    static SendResult of(Exchange exchange, Instant now) {
        return switch (exchange) {
            case Exchange.Answered(var answer) -> of(answer, now);
            case Exchange.NotWritten(var reason) -> new SendResult.NotSent(reason, Optional.empty());
            case Exchange.NoAnswer(var reason) -> new SendResult.Unknown(reason);
        };
    }

    private static SendResult of(HttpAnswer answer, Instant now) {
        if (answer.status() / 100 == 2) {
            return new SendResult.Accepted(Optional.empty());
        }
        if (answer.status() == GONE) {
            return new SendResult.Rejected(quote(answer) + " (410 means that it wants no webhooks any more)");
        }
        String hint = answer.status() / 100 == 3 ? " (redirects are not followed: change the endpoint's URL)" : "";
        return new SendResult.NotSent(quote(answer) + hint, RetryAfter.of(answer::header, now));
    }

    private static String quote(HttpAnswer answer) {
        String text = answer.body().replaceAll("\\p{Cntrl}+", " ").strip();
        String shown = text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
        return "the receiver answered " + answer.status() + (shown.isEmpty() ? "" : ": " + shown);
    }
}
