/**
 * Text messages. {@link dev.signalbox.delivery.sms.SmsSender} is the channel's sender; an
 * {@link dev.signalbox.delivery.sms.SmsProvider} is one provider's contract: {@code GenericProvider}, which is configured,
 * {@code TwilioProvider}, {@code VonageProvider}, {@code SinchProvider}, {@code BirdProvider}, {@code SnsProvider}.
 * {@link dev.signalbox.delivery.sms.SmsText} counts segments, {@link dev.signalbox.delivery.sms.PhoneNumber} reads numbers.
 *
 * <p>By what they are about, in the order to read them:
 *
 * <table>
 *   <caption>The types of this package</caption>
 *   <tr><td>what applications use</td>
 *       <td>{@link SmsSender}, {@link SmsOptions}, {@link SmsLimit}, {@link TooLong}, {@link FailoverSender}</td></tr>
 *   <tr><td>numbers and texts</td>
 *       <td>{@link PhoneNumber}, {@link SmsText}, {@link Alphabet}</td></tr>
 *   <tr><td>what adapters implement: sending</td>
 *       <td>{@link SmsProvider}, {@link SmsMessage}, {@link StatusContract}, {@link AnswerMeaning}</td></tr>
 *   <tr><td>what adapters implement: callbacks</td>
 *       <td>{@link SmsCallbacks}, {@link SmsCallback}, {@link SmsEvent}, {@link SmsKeyword},
 *           {@link SmsCallbackException}</td></tr>
 *   <tr><td>the provider that is configured</td>
 *       <td>{@link GenericProvider}, BodyTemplate</td></tr>
 *   <tr><td>the contracts of providers</td>
 *       <td>{@link TwilioProvider}, TwilioCallbacks, {@link VonageProvider}, VonageCallbacks, {@link VonageSignature},
 *           {@link SinchProvider}, SinchCallbacks, {@link BirdProvider}, BirdCallbacks, {@link SnsProvider},
 *           AwsSignature</td></tr>
 *   <tr><td>what these share</td>
 *       <td>Requests, Answers, Callbacks</td></tr>
 * </table>
 */
@NullMarked
package dev.signalbox.delivery.sms;

import org.jspecify.annotations.NullMarked;
