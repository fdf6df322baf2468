package dev.signalbox.server.sms;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueueException;
import dev.signalbox.delivery.sms.SmsCallbacks;
import dev.signalbox.delivery.sms.SmsSender;
import dev.signalbox.server.command.CommandEntry;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.configuration.SeedVariable;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.Node;
import dev.signalbox.server.rest.Api;
import dev.signalbox.server.rest.OpenApi;
import dev.signalbox.server.sms.SmsSettings.Sending;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The channel {@code sms}. */
public final class SmsFeature implements Feature {
    @Override
    public String name() {
        return "sms";
    }

    @Override
    public List<Key<?>> keys() {
        return SmsKeys.ALL;
    }

    @Override
    public List<SeedVariable> variables() {
        return List.of(
                SeedVariable.sets("SMS_API_URL", SmsKeys.URL, "http://localhost:3001/send")
                        .andDefault(),
                SeedVariable.sets("SMS_API_TOKEN", SmsKeys.PROVIDER_TOKEN, "mock-token")
                        .andDefault(),
                SeedVariable.sets("MAX_CONTENT_LENGTH", SmsKeys.MAX_LENGTH, "160"));
    }

    @Override
    public List<CommandEntry> commands(Features features) {
        return List.of(new CommandEntry("sms", SmsCommand.class, () -> new SmsCommand()));
    }

    @Override
    public List<CommandEntry> simulators() {
        return List.of(new CommandEntry("sms", SmsSimulatorCommand.class, () -> new SmsSimulatorCommand()));
    }

    @Override
    public Part configure(Reading reading) {
        Optional<Sending> sending = SmsSettings.read(reading);
        return node -> start(node, sending);
    }

    private static void start(Node node, Optional<Sending> sending) {
        Optional<SmsCallbacks> callbacks = sending.flatMap(Sending::callbacks);
        var routes = new SmsCallbackRoutes(
                callbacks, callbacks.map(_ -> node.receipts()), node.suppressions(), new SmsMetrics(node.registry()));
        node.api(new Api(
                routes.routes(),
                OpenApi.part(SmsFeature.class),
                Map.of(DeliveryQueueException.class, "the queue's database")));
        sending.ifPresentOrElse(
                by -> {
                    var sender = node.closing(SmsSender.of(by.provider(), by.options()));
                    node.channels().add(new SmsChannel(sender, by.options()));
                },
                () -> node.channels().missing(Channel.SMS.name(), "delivery.sms.url and delivery.sms.token"));
    }
}
