package dev.signalbox.mail;

/** The servers of well-known providers. Each starts a builder to which the rest may be added. */
public final class SmtpPresets {
    private SmtpPresets() {}

    /**
     * Gmail and Google Workspace, 500 or 2,000 messages a day. The account's own password does not work: make an app
     * password (Google account, Security, 2-Step Verification, App passwords).
     */
    public static SmtpOptions.Builder gmail(String address, String appPassword) {
        return SmtpOptions.to("smtp.gmail.com")
                .login(address, appPassword.replace(" ", ""))
                .from(address);
    }

    /** Gmail with a token of the scope {@code https://mail.google.com/}. */
    public static SmtpOptions.Builder gmail(String address, OAuthTokens tokens) {
        return SmtpOptions.to("smtp.gmail.com")
                .auth(new SmtpAuth.XOAuth2(address, tokens))
                .from(address);
    }

    /**
     * Outlook.com and Hotmail. Microsoft takes no passwords there any more, only tokens of the scope
     * {@code https://outlook.office.com/SMTP.Send}.
     */
    public static SmtpOptions.Builder outlook(String address, OAuthTokens tokens) {
        return SmtpOptions.to("smtp-mail.outlook.com")
                .auth(new SmtpAuth.XOAuth2(address, tokens))
                .from(address);
    }

    /**
     * Office 365, 30 messages a minute, three connections. "Authenticated SMTP" has to be switched on for the mailbox; the
     * token is of the scope {@code https://outlook.office.com/SMTP.Send}.
     */
    public static SmtpOptions.Builder office365(String address, OAuthTokens tokens) {
        return SmtpOptions.to("smtp.office365.com")
                .auth(new SmtpAuth.XOAuth2(address, tokens))
                .from(address)
                .pool(SmtpPoolOptions.usual().withConnections(3));
    }

    /**
     * Office 365 with a password, where the organisation still allows it; an account with two factors needs an app
     * password.
     */
    public static SmtpOptions.Builder office365(String address, String password) {
        return SmtpOptions.to("smtp.office365.com")
                .login(address, password)
                .from(address)
                .pool(SmtpPoolOptions.usual().withConnections(3));
    }

    /**
     * Amazon SES. Username and password are SMTP credentials, made in the SES console; an access key does not work. It
     * answers 454 over its rate, which is 14 messages a second at first.
     */
    public static SmtpOptions.Builder ses(String region, String username, String password) {
        return SmtpOptions.to("email-smtp." + region + ".amazonaws.com")
                .login(username, password)
                .perSecond(14);
    }

    /** Mailgun; for the EU add its host by {@code SmtpOptions.to("smtp.eu.mailgun.org")}. The login is of the domain. */
    public static SmtpOptions.Builder mailgun(String login, String password) {
        return SmtpOptions.to("smtp.mailgun.org").login(login, password);
    }

    /** Postmark, 50 recipients a message. The server's token is username and password. */
    public static SmtpOptions.Builder postmark(String serverToken) {
        return SmtpOptions.to("smtp.postmarkapp.com")
                .login(serverToken, serverToken)
                .recipients(50);
    }

    /** SendGrid. The key stands in for the password. */
    public static SmtpOptions.Builder sendgrid(String apiKey) {
        return SmtpOptions.to("smtp.sendgrid.net").login("apikey", apiKey);
    }
}
