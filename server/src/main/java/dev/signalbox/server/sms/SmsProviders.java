package dev.signalbox.server.sms;

/** The providers whose APIs are spoken. */
enum SmsProviders {
    GENERIC,
    TWILIO,
    VONAGE,
    SINCH,
    SNS,
    BIRD
}
