import type { Occasion } from './en.ts';

export const de: Readonly<Record<Occasion, string>> = {
  acknowledgements:
    'Ihre Nachricht ist bei uns angekommen. Unsere Antwort haben Sie spätestens an dem hier genannten Tag, wenn möglich früher.',
  thanks: 'Danke, dass Sie es uns sagen. Ohne Sie hätten wir es nicht erfahren und nicht in Ordnung bringen können.',
  apologies:
    'Es tut mir leid, dass Ihnen das passiert ist. Sie haben sich auf uns verlassen, und wir haben Sie enttäuscht.',
  'apologies-in-writing':
    'Ich entschuldige mich bei Ihnen, auch schriftlich: Wir haben Sie enttäuscht und machen es wieder gut.',
  'apologies-by-a-manager':
    'Ich stehe für dieses Unternehmen ein und entschuldige mich persönlich bei Ihnen. Das hätte nicht geschehen dürfen.',
  responsibility: 'Wir übernehmen die volle Verantwortung für das, was geschehen ist.',
  'information-requests':
    'Sie können uns helfen, es besser zu verstehen: Würden Sie uns Schritt für Schritt erzählen, was geschehen ist?',
  corrections: 'Bringen wir das gleich in Ordnung. Das würde ich tun – ist es das, was Sie erwartet haben?',
  compensations: 'Für die Zeit und die Mühe, die Sie hatten, möchten wir Ihnen etwas geben. Dürfen wir?',
  explanations: 'Ich habe herausgefunden, wie es dazu kommen konnte, und möchte, dass Sie es wissen.',
  resolutions: 'Das haben wir getan, und das ändern wir, damit es nicht wieder geschieht.',
  'follow-up-calls/outcomes':
    'Ich rufe an, um zu fragen, ob jetzt alles gut ist. Wie zufrieden sind Sie, von 1 bis 5, mit der Lösung? Und damit, wie wir mit Ihnen umgegangen sind?',
  messages: 'Ich möchte Ihnen sagen, wie es steht.',
  'promises/fulfilments':
    'Das haben wir Ihnen versprochen, und wir sind zu spät. Es tut mir leid; so geht es jetzt weiter.',
  reopenings: 'Gut, dass Sie es sagen. Wir nehmen uns der Sache wieder an.',
};
