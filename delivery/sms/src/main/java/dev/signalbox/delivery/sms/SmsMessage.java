package dev.signalbox.delivery.sms;

/**
 * What a provider is asked to send.
 *
 * @param to in E.164, such as {@code +61491570006}
 * @param key the same on every attempt, and no other message's: for the provider to recognise a repeat by, or to name the
 *     message in reports. At most 64 letters, digits, hyphens and dots
 */
public record SmsMessage(String to, String text, String key) {}
