package dev.signalbox.maintenance.kafka;

import static java.util.Objects.requireNonNull;

import dev.signalbox.testing.services.RealKafka;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.jspecify.annotations.Nullable;

/** A fresh topic on the real broker, what writes to it, and its group, which has the topic's name. The values count from 0. */
final class Topic implements AutoCloseable {
    private final String name;
    private final int partitions;
    private final KafkaProducer<Integer, Integer> producer;
    private int sent;

    Topic(int partitions) {
        this.partitions = partitions;
        this.name = RealKafka.shared().freshTopic(partitions);
        this.producer = new KafkaProducer<>(
                // One request at a time: of several, a busy broker that refuses the first refuses the others for their
                // numbers.
                Map.of(
                        "bootstrap.servers",
                        RealKafka.shared().address(),
                        "linger.ms",
                        0,
                        "max.in.flight.requests.per.connection",
                        1),
                new IntegerSerializer(),
                new IntegerSerializer());
    }

    KafkaInput<Integer, Integer> input(Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "bootstrap.servers",
                RealKafka.shared().address(),
                "group.id",
                name,
                "auto.offset.reset",
                "earliest",
                "max.poll.records",
                20));
        settings.putAll(more);
        return new KafkaInput<>(settings, new IntegerDeserializer(), new IntegerDeserializer(), Set.of(name));
    }

    /** Writes the next value to a partition, and returns it. */
    int send(int partition) throws Exception {
        int value = sent++;
        producer.send(new ProducerRecord<>(name, partition, null, value)).get(60, TimeUnit.SECONDS);
        return value;
    }

    /** Writes the next values, spread over all partitions. Throws if one was not taken. */
    void sendMany(int count) {
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        for (int i = 0; i < count && failure.get() == null; i++) {
            var _ = producer.send(new ProducerRecord<>(name, sent % partitions, null, sent++), (_, refused) -> {
                if (refused != null) {
                    failure.set(refused);
                }
            });
        }
        producer.flush();
        if (failure.get() != null) {
            throw new IllegalStateException("a record was not written", failure.get());
        }
    }

    int sent() {
        return sent;
    }

    /** The sum of what is committed over all partitions: how many records the group is through with. */
    long committed() throws ExecutionException, InterruptedException, TimeoutException {
        return RealKafka.shared()
                .admin()
                .listConsumerGroupOffsets(name)
                .partitionsToOffsetAndMetadata()
                .get(60, TimeUnit.SECONDS)
                .values()
                .stream()
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }

    /** Which member has which partitions now. */
    Map<String, Set<TopicPartition>> members() throws ExecutionException, InterruptedException, TimeoutException {
        Map<String, Set<TopicPartition>> found = new HashMap<>();
        var group = RealKafka.shared()
                .admin()
                .describeConsumerGroups(List.of(name))
                .all()
                .get(60, TimeUnit.SECONDS)
                .get(name);
        for (MemberDescription member : requireNonNull(group).members()) {
            found.put(member.consumerId(), member.assignment().topicPartitions());
        }
        return found;
    }

    @Override
    public void close() {
        producer.close();
    }
}
