@NullMarked
package dev.signalbox.mail;

import org.jspecify.annotations.NullMarked;
