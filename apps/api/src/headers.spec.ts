import { pathOf } from './headers.ts';

describe('the path that a key belongs to', () => {
  it('is the same however it is spelt', () => {
    expect(pathOf({ url: '/v1/complaints/9bd/thanks?x=1' })).toBe('/v1/complaints/9bd/thanks');
    expect(pathOf({ url: '/v1/complaints/%39bd/%74hanks' })).toBe('/v1/complaints/9bd/thanks');
    expect(pathOf({ url: 'http://localhost:3000/v1/complaints/9bd/thanks#here' })).toBe('/v1/complaints/9bd/thanks');
  });

  it('keeps escapes that mean something', () => {
    expect(pathOf({ url: '/v1/a%2fb' })).toBe('/v1/a%2Fb');
    expect(pathOf({ url: '/v1/%ff%00' })).toBe('/v1/%FF%00');
  });
});
