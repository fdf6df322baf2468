package dev.signalbox.benchmarks;

import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.delivery.sms.GenericProvider;
import dev.signalbox.delivery.sms.SmsOptions;
import dev.signalbox.delivery.sms.SmsSender;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import java.time.Duration;

/** The simulated SMS provider, in this process, and the sender for it; its time counts against the machine. */
record DeliveryProvider(SmsSimulator simulator, SmsSender sender) implements AutoCloseable {
    private static final int CONCURRENCY = 128;

    static DeliveryProvider start() {
        SmsSimulator simulator = SmsSimulator.start(SmsSimulatorOptions.defaults());
        GenericProvider provider = GenericProvider.of(
                        simulator.sendUrl(), SmsSimulatorOptions.defaults().token())
                .withKeyLifetime(Duration.ofDays(1));
        return new DeliveryProvider(
                simulator, SmsSender.of(provider, SmsOptions.defaults().withConcurrency(CONCURRENCY)));
    }

    long accepted() {
        return simulator.stats().accepted();
    }

    Sender smsSender() {
        return sender;
    }

    @Override
    public void close() {
        sender.close();
        simulator.close();
    }
}
