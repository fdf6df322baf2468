/**
 * Who gets no messages any more, on every channel, and why.
 *
 * <ul>
 *   <li>The list: {@link dev.signalbox.delivery.suppression.SuppressionList} keeps
 *       {@link dev.signalbox.delivery.suppression.Suppression}s in a database.
 *   <li>What recipients want: {@link dev.signalbox.delivery.suppression.Preferences} keeps a
 *       {@link dev.signalbox.delivery.suppression.Preference} by category and channel.
 *   <li>Before a send: {@link dev.signalbox.delivery.suppression.SuppressionCheck} decides,
 *       {@link dev.signalbox.delivery.suppression.ScreenedSender} asks it at each attempt; a
 *       {@link dev.signalbox.delivery.suppression.Refusal} says why nothing is sent.
 *   <li>For recipients of mail: {@link dev.signalbox.delivery.suppression.UnsubscribeLinks}.
 * </ul>
 */
@NullMarked
package dev.signalbox.delivery.suppression;

import org.jspecify.annotations.NullMarked;
