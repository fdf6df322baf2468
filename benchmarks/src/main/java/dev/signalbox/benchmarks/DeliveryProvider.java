package dev.signalbox.benchmarks;

import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.delivery.sms.HttpSmsOptions;
import dev.signalbox.delivery.sms.HttpSmsSender;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import java.time.Duration;

/** The simulated SMS provider, in this process, and the sender for it; its time counts against the machine. */
record DeliveryProvider(SmsSimulator simulator, HttpSmsSender sender) implements AutoCloseable {
    private static final int CONCURRENCY = 128;

    static DeliveryProvider start() {
        SmsSimulator simulator = SmsSimulator.start(SmsSimulatorOptions.defaults());
        return new DeliveryProvider(
                simulator,
                new HttpSmsSender(HttpSmsOptions.of(
                                simulator.sendUrl(),
                                SmsSimulatorOptions.defaults().token())
                        .withConcurrency(CONCURRENCY)
                        .withKeyLifetime(Duration.ofDays(1))));
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
