package dev.signalbox.examples;

import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.kafka.KafkaInput;
import dev.signalbox.maintenance.kafka.KafkaWorker;
import dev.signalbox.maintenance.kafka.KafkaWorkerOptions;
import dev.signalbox.testing.services.RealKafka;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A consumer of orders that rests during maintenance, keeps its place in its group, and loses no order. */
public final class MaintenanceKafkaExample {
    static final String TOPIC = "orders";

    private MaintenanceKafkaExample() {}

    /** Starts a broker of its own, and orders something each second. */
    public static void main(String[] args) throws InterruptedException {
        try (RealKafka broker = RealKafka.start();
                Maintenance maintenance = MaintenanceDemo.start()) {
            broker.create(TOPIC, 4);
            try (var worker = work(maintenance, broker.address(), order -> System.out.println("handled " + order));
                    var producer = producer(broker.address())) {
                AtomicInteger next = new AtomicInteger();
                MaintenanceDemo.eachSecond(() -> {
                    String order = "order " + next.incrementAndGet();
                    producer.send(new ProducerRecord<>(TOPIC, order)).get();
                    return "sent " + order + "; under way: " + worker.underWay();
                });
            }
        }
    }

    static KafkaWorker<String, String> work(Maintenance maintenance, String address, Consumer<String> handler) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", address,
                "group.id", "shop",
                "auto.offset.reset", "earliest");
        var strings = new StringDeserializer();
        return KafkaWorker.join(
                maintenance,
                new KafkaInput<>(settings, strings, strings, Set.of(TOPIC)),
                message -> handler.accept(message.value()),
                KafkaWorkerOptions.defaults());
    }

    static KafkaProducer<String, String> producer(String address) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", address), new StringSerializer(), new StringSerializer());
    }
}
