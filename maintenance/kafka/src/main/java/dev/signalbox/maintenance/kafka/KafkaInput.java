package dev.signalbox.maintenance.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * What a worker reads. Immutable.
 *
 * @param settings of the Kafka client, with {@code bootstrap.servers} and {@code group.id}. The worker commits by itself, so
 *     {@code enable.auto.commit} must not be true
 * @param topics that the group subscribes to, at least one
 */
public record KafkaInput<K, V>(
        Map<String, Object> settings, Deserializer<K> keys, Deserializer<V> values, Set<String> topics) {
    /** Checks what would lose records. @throws IllegalArgumentException naming the setting */
    public KafkaInput {
        settings = Map.copyOf(settings);
        topics = Set.copyOf(topics);
        if (!settings.containsKey(ConsumerConfig.GROUP_ID_CONFIG)) {
            throw new IllegalArgumentException("group.id is missing: offsets are committed for a group");
        }
        if (Boolean.parseBoolean(String.valueOf(settings.get(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG)))) {
            throw new IllegalArgumentException(
                    "enable.auto.commit is true: it would commit records that are not handled; leave it out");
        }
        if (topics.isEmpty()) {
            throw new IllegalArgumentException("topics is empty: there is nothing to read");
        }
    }

    KafkaConsumer<K, V> open() {
        Map<String, Object> whole = new HashMap<>(settings);
        whole.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        return new KafkaConsumer<>(whole, keys, values);
    }
}
