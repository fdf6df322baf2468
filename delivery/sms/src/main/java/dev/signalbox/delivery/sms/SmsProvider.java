package dev.signalbox.delivery.sms;

import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.http.HttpAnswer;
import dev.signalbox.http.HttpCall;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;

/**
 * A provider's contract: how a message is asked for, and what an answer means. Does no input or output; thread-safe.
 *
 * <p>An answer that the contract does not name is {@link SendResult.Unknown}. To take it for "not sent" would send the message
 * twice if that is wrong.
 */
public interface SmsProvider {
    /** Where the requests go. */
    URI url();

    HttpCall request(SmsMessage message);

    /** What an answer means for the message. Its reason quotes the answer in so far as that is of use to a person. */
    SendResult result(HttpAnswer answer, Instant now);

    /** How long the provider recognises a repeated {@link SmsMessage#key()}; zero if it does not. */
    default Duration keyLifetime() {
        return Duration.ZERO;
    }
}
