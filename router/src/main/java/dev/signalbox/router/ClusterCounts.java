package dev.signalbox.router;

/**
 * What a node's link has carried since it joined.
 *
 * @param published envelopes that the broker took, each with one or more frames
 * @param publishedBytes of them
 * @param frames in them: messages, refusals, replies, heartbeats
 * @param failed frames that were not carried, or may not have been
 * @param received envelopes from other nodes
 * @param receivedBytes of them
 * @param repeated envelopes that had come before, and were dropped
 * @param losses times that something before an envelope was missing, or the link told that it may be
 * @param rejected envelopes with a wrong signature, of an unknown version, or that could not be read
 * @param waiting bytes that wait to be published now
 */
public record ClusterCounts(
        long published,
        long publishedBytes,
        long frames,
        long failed,
        long received,
        long receivedBytes,
        long repeated,
        long losses,
        long rejected,
        long waiting) {}
