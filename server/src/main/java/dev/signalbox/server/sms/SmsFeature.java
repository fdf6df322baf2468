package dev.signalbox.server.sms;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueueException;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.delivery.sms.FailoverSender;
import dev.signalbox.delivery.sms.SmsCallbacks;
import dev.signalbox.delivery.sms.SmsSender;
import dev.signalbox.server.command.CommandEntry;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.configuration.SeedVariable;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.Health;
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
        Map<String, SmsCallbacks> byName = sending.map(Sending::callbacksByName).orElse(Map.of());
        var routes = new SmsCallbackRoutes(
                callbacks,
                byName,
                byName.isEmpty() ? Optional.empty() : Optional.of(node.receipts()),
                node.suppressions(),
                new SmsMetrics(node.registry()),
                node.clock());
        node.api(new Api(
                routes.routes(),
                OpenApi.part(SmsFeature.class),
                Map.of(DeliveryQueueException.class, "the queue's database")));
        sending.ifPresentOrElse(
                by -> node.channels()
                        .add(new SmsChannel(
                                sender(node, by), by.providers().getFirst().options())),
                () -> node.channels().missing(Channel.SMS.name(), "delivery.sms.url and delivery.sms.token"));
    }

    private static Sender sender(Node node, Sending by) {
        List<FailoverSender.Provider> providers = by.providers().stream()
                .map(each -> new FailoverSender.Provider(
                        each.name(), node.closing(SmsSender.of(each.provider(), each.options()))))
                .toList();
        if (providers.size() == 1) {
            return providers.getFirst().sender();
        }
        var metrics = new FailoverMetrics(node.registry());
        FailoverSender sender = FailoverSender.of(providers, by.failover(), metrics);
        metrics.watch(sender, providers);
        node.health("sms", () -> health(sender));
        return sender;
    }

    private static Health.Report health(FailoverSender sender) {
        List<String> passedOver = sender.passedOver();
        return passedOver.isEmpty()
                ? Health.Report.WELL
                : Health.Report.degraded("providers that failed again and again and are passed over for now: "
                        + String.join(", ", passedOver));
    }
}
