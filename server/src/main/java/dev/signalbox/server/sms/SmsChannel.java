package dev.signalbox.server.sms;

import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.delivery.sms.SmsOptions;
import dev.signalbox.server.node.ServedChannel;
import java.util.Optional;

/** Text messages: addresses are phone numbers in E.164, bodies are as long as the settings allow. */
record SmsChannel(Sender sender, SmsOptions options) implements ServedChannel {
    @Override
    public String canonical(String address) {
        return options.number(address).e164();
    }

    @Override
    public Optional<String> refusal(String body) {
        return options.refusal(body).map(why -> why + " (delivery.sms.max-length, delivery.sms.max-segments)");
    }
}
