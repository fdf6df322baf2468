package dev.signalbox.server.sms;

import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.delivery.sms.HttpSmsOptions;
import dev.signalbox.delivery.sms.PhoneNumber;
import dev.signalbox.server.node.ServedChannel;
import java.util.Optional;

/** Text messages: addresses are phone numbers in E.164, bodies are as long as the provider takes. */
record SmsChannel(Sender sender, HttpSmsOptions options) implements ServedChannel {
    @Override
    public String canonical(String address) {
        return PhoneNumber.parse(address, options.defaultRegion().orElse(null)).e164();
    }

    @Override
    public Optional<String> refusal(String body) {
        int length = body.codePointCount(0, body.length());
        return length <= options.maxLength()
                ? Optional.empty()
                : Optional.of("has " + length + " characters; a text message may have " + options.maxLength()
                        + " (delivery.sms.max-length)");
    }
}
