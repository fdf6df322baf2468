/** The session bus on MongoDB change streams. */
@NullMarked
package dev.signalbox.session.mongodb;

import org.jspecify.annotations.NullMarked;
