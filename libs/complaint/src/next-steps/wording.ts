/**
 * Suggested wording (docs/domain.md §3, Next steps): what one can say, per language and step. Data, not rules; a handler says it
 * in their own words. Nothing here blames anybody, hides behind a rule or promises what is not decided.
 */
export const WORDING = {
  en: {
    acknowledgements:
      'Your message has reached us. You will have our answer by the day we name here, and sooner if we can.',
    thanks: 'Thank you for telling us. Without you we would not have known, and we could not put it right.',
    apologies: 'I am sorry that this happened to you. You counted on us, and we let you down.',
    'apologies-in-writing':
      'I am sorry, and I would like you to have it in writing: we let you down, and we will make it good.',
    'apologies-by-a-manager':
      'I answer for this company, and I apologise to you personally. This should not have happened.',
    responsibility: 'We take full responsibility for what happened.',
    'information-requests': 'You can help us to understand it better: would you tell us what happened, step by step?',
    corrections: 'Let us put this right at once. Here is what I would do – is that what you expected?',
    compensations: 'For the time and the trouble that this cost you we would like to give you something. May we?',
    explanations: 'I have found out how it could happen, and I would like you to know.',
    resolutions: 'This is what we have done, and this is what we change so that it does not happen again.',
    'follow-up':
      'I am calling to ask whether everything is well now. How satisfied are you, from 1 to 5, with the solution? And with how we treated you?',
    messages: 'I would like to tell you where we stand.',
    promises: 'We promised you this, and we are late. I am sorry; here is what happens next.',
    reopenings: 'It is good that you tell us. We take this up again.',
  },
  ru: {
    acknowledgements:
      'Мы получили ваше обращение. Ответ будет у вас не позже названного здесь дня, а если получится — раньше.',
    thanks: 'Спасибо, что рассказали нам об этом. Без вас мы бы не узнали и не смогли бы ничего исправить.',
    apologies: 'Мне очень жаль, что так вышло. Вы на нас рассчитывали, а мы вас подвели.',
    'apologies-in-writing': 'Приношу вам извинения и хочу сделать это письменно: мы вас подвели и всё исправим.',
    'apologies-by-a-manager':
      'Я отвечаю за эту компанию и лично приношу вам извинения. Такого не должно было случиться.',
    responsibility: 'Мы полностью берём на себя ответственность за случившееся.',
    'information-requests': 'Вы поможете нам лучше разобраться: расскажите, пожалуйста, по шагам, как всё было.',
    corrections: 'Давайте сразу всё исправим. Вот что я предлагаю — этого ли вы ожидали?',
    compensations: 'Мы хотели бы возместить вам потраченное время и хлопоты. Вы позволите?',
    explanations: 'Мне удалось выяснить, как это могло произойти, и я хочу, чтобы вы знали.',
    resolutions: 'Вот что мы сделали, и вот что мы меняем, чтобы такое не повторилось.',
    'follow-up':
      'Я звоню узнать, всё ли теперь в порядке. Насколько вы довольны решением — от 1 до 5? А тем, как с вами обошлись?',
    messages: 'Хочу рассказать вам, на чём мы сейчас остановились.',
    promises: 'Мы обещали вам это и опаздываем. Простите; вот что будет дальше.',
    reopenings: 'Хорошо, что вы сказали. Мы снова берёмся за дело.',
  },
  de: {
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
    'follow-up':
      'Ich rufe an, um zu fragen, ob jetzt alles gut ist. Wie zufrieden sind Sie, von 1 bis 5, mit der Lösung? Und damit, wie wir mit Ihnen umgegangen sind?',
    messages: 'Ich möchte Ihnen sagen, wie es steht.',
    promises: 'Das haben wir Ihnen versprochen, und wir sind zu spät. Es tut mir leid; so geht es jetzt weiter.',
    reopenings: 'Gut, dass Sie es sagen. Wir nehmen uns der Sache wieder an.',
  },
} as const;

export type WordingLanguage = keyof typeof WORDING;
export type Occasion = keyof (typeof WORDING)['en'];

export interface Wording {
  readonly language: WordingLanguage;
  readonly text: string;
}

/** The languages that there is wording in; the first one stands in for all others. */
export const WORDING_LANGUAGES = Object.keys(WORDING) as readonly WordingLanguage[];

/** Wording in the first of these languages (BCP 47 tags, best first) that there is any in, else in English. */
export const wordingFor = (occasion: Occasion, languages: readonly string[]): Wording => {
  const known = languages.map((tag) => tag.split('-')[0]!.toLowerCase()).find((tag) => Object.hasOwn(WORDING, tag));
  const language = (known ?? 'en') as WordingLanguage;
  return { language, text: WORDING[language][occasion] };
};
