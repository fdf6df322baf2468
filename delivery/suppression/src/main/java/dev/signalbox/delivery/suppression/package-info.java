/**
 * Who gets no messages any more, on every channel, and why.
 *
 * <ul>
 *   <li>The list: {@link dev.signalbox.delivery.suppression.SuppressionList} keeps
 *       {@link dev.signalbox.delivery.suppression.Suppression}s in a database.
 *   <li>Before a send: {@link dev.signalbox.delivery.suppression.SuppressionCheck} decides,
 *       {@link dev.signalbox.delivery.suppression.ScreenedSender} asks it at each attempt.
 *   <li>For recipients of mail: {@link dev.signalbox.delivery.suppression.UnsubscribeLinks}.
 * </ul>
 */
@NullMarked
package dev.signalbox.delivery.suppression;

import org.jspecify.annotations.NullMarked;
