package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.util.Optional;

/**
 * One way to reach a recipient: a channel, the address there, and how long to try before the next step's turn.
 *
 * @param channel the medium
 * @param address the recipient's address on that medium, without the channel's name; 1 to 512 characters
 * @param within the time limit, counted from the first claim of this step; empty means the attempt budget alone decides
 */
public record Step(Channel channel, String address, Optional<Duration> within) {}
