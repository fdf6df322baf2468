@NullMarked
package dev.signalbox.server.sms;

import org.jspecify.annotations.NullMarked;
