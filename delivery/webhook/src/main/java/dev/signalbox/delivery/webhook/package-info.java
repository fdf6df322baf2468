/**
 * The channel {@code webhook}: signed POSTs to other people's URLs, by Standard Webhooks 1.0.0.
 *
 * <ul>
 *   <li>Signing: {@link dev.signalbox.delivery.webhook.WebhookKey}, and for receivers
 *       {@link dev.signalbox.delivery.webhook.WebhookVerifier}.
 *   <li>Where to: {@link dev.signalbox.delivery.webhook.WebhookEndpoints} keeps endpoints in a database;
 *       {@link dev.signalbox.delivery.webhook.WebhookTargets} refuses URLs that lead into private networks.
 *   <li>Sending: {@link dev.signalbox.delivery.webhook.WebhookSender}, told by
 *       {@link dev.signalbox.delivery.webhook.WebhookOptions}. {@link dev.signalbox.delivery.webhook.SignedPost} posts once, outside
 *       the queue.
 * </ul>
 */
@NullMarked
package dev.signalbox.delivery.webhook;

import org.jspecify.annotations.NullMarked;
