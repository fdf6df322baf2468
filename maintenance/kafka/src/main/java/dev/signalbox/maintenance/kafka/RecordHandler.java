package dev.signalbox.maintenance.kafka;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Handles the records of a topic: those of one partition one after the other, those of several side by side. */
@FunctionalInterface
public interface RecordHandler<K, V> {
    /**
     * Handles one record, on a virtual thread. A record may come again after a crash or a rebalance.
     *
     * @throws Exception if it could not be handled: it comes again after the backoff, and nothing behind it in its partition
     *     before it. To pass over a record that can never be handled, return
     */
    void handle(ConsumerRecord<K, V> message) throws Exception;
}
