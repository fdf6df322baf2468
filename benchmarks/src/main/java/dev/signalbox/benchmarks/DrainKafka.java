package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import dev.signalbox.maintenance.kafka.KafkaInput;
import dev.signalbox.maintenance.kafka.KafkaWorker;
import dev.signalbox.maintenance.kafka.KafkaWorkerOptions;
import dev.signalbox.testing.services.RealKafka;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;

/** A Kafka consumer whose handlers take up to 5 ms, while records keep coming; each must be handled once. */
final class DrainKafka implements AutoCloseable {
    private static final long LONGEST_NANOS = 5_000_000;
    private static final int PARTITIONS = 8;
    private static final long GAP_NANOS = 200_000;

    private final RealKafka broker = RealKafka.start();

    List<Sample> measure(Duration duration) throws Exception {
        String topic = broker.freshTopic(PARTITIONS);
        Numbers numbers = new Numbers();
        try (Maintenance maintenance = Maintenance.start(MaintenanceOptions.defaults());
                KafkaProducer<Integer, Integer> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.address()),
                        new IntegerSerializer(),
                        new IntegerSerializer())) {
            Windows windows = new Windows(maintenance);
            try (var _ = KafkaWorker.join(
                    maintenance,
                    input(topic),
                    message -> handle(message.value(), windows, numbers),
                    KafkaWorkerOptions.defaults())) {
                var sending =
                        CompletableFuture.runAsync(() -> send(producer, topic, numbers), Thread::startVirtualThread);
                Percentiles drains = windows.run(duration);
                numbers.stop();
                sending.get(60, TimeUnit.SECONDS);
                producer.flush();
                Waiting.until(numbers::areAllHandled);
                numbers.check();
                return drains.samples("drain of a consumer, handlers of 5 ms", "kafka");
            }
        }
    }

    private KafkaInput<Integer, Integer> input(String topic) {
        return new KafkaInput<>(
                Map.of("bootstrap.servers", broker.address(), "group.id", topic, "auto.offset.reset", "earliest"),
                new IntegerDeserializer(),
                new IntegerDeserializer(),
                Set.of(topic));
    }

    private static void send(KafkaProducer<Integer, Integer> producer, String topic, Numbers numbers) {
        try {
            numbers.sendUntilStopped(number -> {
                var _ = producer.send(new ProducerRecord<>(topic, number % PARTITIONS, null, number));
                LockSupport.parkNanos(GAP_NANOS);
            });
        } catch (Exception e) {
            throw new IllegalStateException("a record could not be sent", e);
        }
    }

    private static void handle(int number, Windows windows, Numbers numbers) throws InterruptedException {
        windows.working();
        TimeUnit.NANOSECONDS.sleep(ThreadLocalRandom.current().nextLong(LONGEST_NANOS));
        numbers.handled(number);
        windows.working();
    }

    @Override
    public void close() {
        broker.close();
    }
}
