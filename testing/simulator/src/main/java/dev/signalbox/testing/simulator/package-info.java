/**
 * Simulated providers: SMS, which counts what it accepts; a language model, which is scripted; a mail server, a receiver of
 * webhooks and a log sink. By what they are about, in the order to read them:
 *
 * <table>
 *   <caption>The types of this package</caption>
 *   <tr><td>what simulated providers share</td>
 *       <td>{@link Behaviour}, BehaviourChange, Draw, Reply, Replies</td></tr>
 *   <tr><td>a provider of text messages</td>
 *       <td>{@link SmsSimulator}, {@link SmsSimulatorOptions}, {@link AcceptedMessage}, {@link SmsStats}; SmsHandler,
 *           SmsControl, SmsProvider, Ledger</td></tr>
 *   <tr><td>the APIs that it speaks</td>
 *       <td>SmsApi, SmsGenericApi, SmsTwilioApi, SmsVonageApi</td></tr>
 *   <tr><td>a language model</td>
 *       <td>{@link LlmSimulator}, {@link LlmSimulatorOptions}, {@link LlmReply}, {@link LlmSimulatorRequest}; LlmHandler,
 *           LlmChatRequest, LlmAnswerRenderer</td></tr>
 *   <tr><td>a mail server</td>
 *       <td>{@link SmtpSimulator}, {@link SmtpSimulatorOptions}, {@link SmtpSimulatorMessage}, {@link SmtpSimulatorStats};
 *           SmtpSimulatorConversation, SmtpSimulatorMailbox</td></tr>
 *   <tr><td>its mail in a browser</td>
 *       <td>{@link SmtpMailbox}, SmtpMailboxPage, MailContents, MailFile</td></tr>
 *   <tr><td>a receiver of webhooks</td>
 *       <td>{@link WebhookSimulator}, {@link WebhookSimulatorOptions}, {@link WebhookSimulatorMessage},
 *           {@link WebhookSimulatorStats}; WebhookSimulatorHandler, WebhookSimulatorInbox, WebhookSimulatorKey</td></tr>
 *   <tr><td>a log sink</td>
 *       <td>{@link ObservatorySimulator}, {@link ObservatorySimulatorOptions}, {@link ObservatorySimulatorBehaviour},
 *           {@link ObservatorySimulatorRecord}, {@link ObservatorySimulatorStats}; ObservatorySimulatorHandler,
 *           ObservatorySimulatorSink, ObservatorySimulatorDecoder</td></tr>
 * </table>
 */
@NullMarked
package dev.signalbox.testing.simulator;

import org.jspecify.annotations.NullMarked;
