/** What the feed can be answered in; JSON when nothing better is asked. */
export const FEED_MEDIA = ['application/json', 'application/cloudevents-batch+json', 'text/event-stream'] as const;
export type FeedMedia = (typeof FEED_MEDIA)[number];

/** The best of an Accept header, by its weights; what cannot be answered counts for nothing. */
export const mediaFor = <Media extends string>(accept: string | undefined, offered: readonly Media[]): Media => {
  const asked = (accept ?? '*/*').split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    return { type, weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0 };
  });
  const weightOf = (media: Media): number => {
    const exact = asked.find(({ type }) => type === media);
    const wide = asked.find(({ type }) => type === `${media.split('/')[0]}/*`);
    return (exact ?? wide ?? asked.find(({ type }) => type === '*/*'))?.weight ?? 0;
  };
  return offered.reduce((best, media) => (weightOf(media) > weightOf(best) ? media : best), offered[0]!);
};
