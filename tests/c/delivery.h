/* A delivery without an end, and the public key that signed it. The private key is gone. */
#ifndef DELIVERY_H
#define DELIVERY_H

#define DELIVERY_URL "https://example.com/hooks"

#define DELIVERY_KEY                                                                                                   \
    "-----BEGIN PUBLIC KEY-----\n"                                                                                     \
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAoBT6wYRWce1J9FqgWRbY\n"                                               \
    "zNTcC8lSL/h0GghW/ZXmqFNbeWOIrkGnAZw+TTS9f0Dt+IgPp35/9WZUvWHhbAjF\n"                                               \
    "XbYrT4UNcbKuHGqBCdzUJpsw2ZSr61roQG34buXmw3r5l4fOZ7A76B3c4EIXXy6M\n"                                               \
    "8AhQYDzpqkdFSqEcGxLqU/PnWilLJVgJ731cRjvwqeHnavVmg8UprSioQ13vFmpP\n"                                               \
    "2EKb5pMI4uW2kf3RP1H4VAn0uLIxykCDvMv9T12s0yZwPBO1fPSToomi6M6NJkSm\n"                                               \
    "zv07TVpIjmDcsWKC3BJJNB+30YbMGYaqTY1exzSlAIIW0aS7XyA6t5c0qRdlJjGD\n"                                               \
    "AQIDAQAB\n"                                                                                                       \
    "-----END PUBLIC KEY-----\n"

/* The same key as the issuer has it. */
#define DELIVERY_KEY_SET                                                                                               \
    "{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\""                                                              \
    "oBT6wYRWce1J9FqgWRbYzNTcC8lSL_h0GghW_ZXmqFNbeWOIrkGnAZw-TTS9f0Dt-IgPp35_9WZUvWHhbAjFXbYrT4UNcbKuHGqB"             \
    "CdzUJpsw2ZSr61roQG34buXmw3r5l4fOZ7A76B3c4EIXXy6M8AhQYDzpqkdFSqEcGxLqU_PnWilLJVgJ731cRjvwqeHnavVmg8Up"             \
    "rSioQ13vFmpP2EKb5pMI4uW2kf3RP1H4VAn0uLIxykCDvMv9T12s0yZwPBO1fPSToomi6M6NJkSmzv07TVpIjmDcsWKC3BJJNB-3"             \
    "0YbMGYaqTY1exzSlAIIW0aS7XyA6t5c0qRdlJjGDAQ"                                                                       \
    "\"}]}"

#define DELIVERY_BODY                                                                                                  \
    "{\"events\":[\"responses:completed\"],\"data\":{\"type\":\"responses\""                                           \
    ",\"id\":\"r-1\"},\"request\":{\"id\":\"f-1\",\"status\":\"completed\"}}"

#define DELIVERY_DIGEST                                                                                                \
    "SHA-512=JGMRHNn4G2aYmp8m9USUihgMiDE6imxbxR9mxxuP4ySXnLMt0tEiZxSHQYM2EKiFjUeRAJU79DnmlTxpuO6VdA=="

#define DELIVERY_SIGNATURE                                                                                             \
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2Nvbm5lY3QucGVuYm94LmlvLyIsImF1ZCI6Imh0dHB"             \
    "zOi8vZXhhbXBsZS5jb20vaG9va3MiLCJtZXRob2QiOiJQT1NUIiwiZGlnZXN0IjoiSkdNUkhObjRHMmFZbXA4bTlVU1VpaGdNaUR"             \
    "FNmlteGJ4UjlteHh1UDR5U1huTE10MHRFaVp4U0hRWU0yRUtpRmpVZVJBSlU3OURubWxUeHB1TzZWZEE9PSJ9.eUlFm2ii13idjr"             \
    "L1T10Gy2Chs6sg76E_YzBHHPfEsD57PwkHjkOaQt8cI--sQ4ABYws6XxHn2u28b_CnTB8XtwoNtgutQfZ2DmHjiDXF-yMIW8rM_V"             \
    "3s1HYzaAOf9ePEVJNg18HAdqP9UayyjyLov3qVv6833ctvHHQWzlhiWZOIh8A6TmJtYr2cnJarjiSphzl7UEZyEP6qYVRnjoRyGg"             \
    "2hEqZYuyj1yJ8b1CPdz4pBctt5wT4lIB028H1jl-fezcjqo4CTo-2kScubxMOYSnKhfX0XSDX0W8fqtLTpd9SEwPZRp4u23XYASq"             \
    "bk6lGwlJfKM9WXzWybewHU8T3AIw"

#endif
