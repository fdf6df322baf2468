/**
 * Text messages. {@link dev.signalbox.delivery.sms.SmsSender} is the channel's sender; an
 * {@link dev.signalbox.delivery.sms.SmsProvider} is one provider's contract: {@code GenericProvider}, which is configured,
 * {@code TwilioProvider}, {@code VonageProvider}, {@code SinchProvider}, {@code SnsProvider}.
 * {@link dev.signalbox.delivery.sms.SmsText} counts segments, {@link dev.signalbox.delivery.sms.PhoneNumber} reads numbers.
 */
@NullMarked
package dev.signalbox.delivery.sms;

import org.jspecify.annotations.NullMarked;
