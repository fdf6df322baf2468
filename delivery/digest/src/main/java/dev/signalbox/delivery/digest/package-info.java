/**
 * Many messages to one recipient within a window become one.
 *
 * <ul>
 *   <li>In: {@link dev.signalbox.delivery.digest.DigestSender} is the channel {@code digest}, whose addresses are those of other
 *       channels.
 *   <li>Kept: {@link dev.signalbox.delivery.digest.Digests} gathers {@link dev.signalbox.delivery.digest.DigestItem}s in windows,
 *       within {@link dev.signalbox.delivery.digest.DigestOptions}.
 *   <li>Out: {@link dev.signalbox.delivery.digest.DigestComposer} makes one message of a
 *       {@link dev.signalbox.delivery.digest.Digest}, which goes into the queue in the transaction that closes its window.
 * </ul>
 */
@NullMarked
package dev.signalbox.delivery.digest;

import org.jspecify.annotations.NullMarked;
