package dev.signalbox.delivery.sms;

/** What an answer of a provider means for the message. */
public enum AnswerMeaning {
    /** The provider has taken it. */
    ACCEPTED,
    /** The provider has certainly not taken it, and may take it later. */
    NOT_SENT,
    /** The same, because of our account or our settings: every other message would fail alike. */
    ACCOUNT,
    /** The provider will never take this message. */
    REJECTED,
    /** The provider may have taken it or not. */
    UNKNOWN
}
