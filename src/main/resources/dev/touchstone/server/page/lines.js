/* Lines for the reader: errors, notices, and what a screen reader announces. */
import {button, byId, element} from "./dom.js";

export function clear() {
  byId("error").replaceChildren();
  byId("notice").replaceChildren();
}
export function report(error, again) {
  byId("error").replaceChildren(error.message, ...(again ? [" ", button("Try again", again)] : []));
}
export function notice(text, label, act) {
  byId("notice").replaceChildren(text, ...(label ? [" ", button(label, act)] : []));
}

/** Announces the sentences of an answer as they are completed; at the end the rest. */
export function announcer() {
  const log = byId("log");
  let from = 0;
  log.replaceChildren();
  return (text, done) => {
    const ends = [...text.slice(from).matchAll(/[.!?:…]["”’)*]*\s|\n/g)];
    const to = done ? text.length : ends.length ? from + ends.at(-1).index + ends.at(-1)[0].length : from;
    if (text.slice(from, to).trim()) log.append(element("p", {}, text.slice(from, to)));
    from = to;
  };
}
