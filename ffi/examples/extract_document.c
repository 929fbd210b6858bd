/* Uploads a document and reads fields out of it. Needs PENBOX_API_TOKEN.
 *     extract_document [document] */
#include "example.h"

#include <stdlib.h>

static penbox_value *upload(const penbox_client *client, const char *path) {
    penbox_value *attachment = NULL;
    penbox_error *error = NULL;
    const penbox_status status =
        penbox_attachments_upload_file(client, NULL, NULL, path, NULL, NULL, &attachment, &error);
    return failed(status, error) ? NULL : attachment;
}

static penbox_value *extract(const penbox_client *client, const char *attachment_id) {
    penbox_params *params = penbox_params_new();
    penbox_options *options = penbox_options_new();
    penbox_value *extraction = NULL;
    penbox_error *error = NULL;
    penbox_status status;

    penbox_params_set_string(params, "/attachments/-/id", attachment_id);
    penbox_params_set_json(params, "/fields",
                           "[{\"name\": \"firstname\", \"type\": \"text\"},"
                           " {\"name\": \"birthday\", \"type\": \"date\", \"hint\": \"YYYY-MM-DD\"},"
                           " {\"name\": \"amount\", \"type\": \"number\"}]");
    penbox_options_set_timeout_ms(options, 120000);
    status = penbox_document_intelligence_extract(client, params, options, &extraction, &error);
    penbox_options_free(options);
    penbox_params_free(params);
    return failed(status, error) ? NULL : extraction;
}

int main(int argc, char **argv) {
    penbox_client *client = client_from_env();
    penbox_value *attachment = client == NULL ? NULL : upload(client, argument(argc, argv, 1, "document.pdf"));
    penbox_value *extraction = NULL;
    const penbox_value *fields;
    size_t i;
    int code = EXIT_FAILURE;

    if (attachment != NULL) {
        printf("uploaded %s as %s\n", text(attachment, "/name"), text(attachment, "/id"));
        extraction = extract(client, text(attachment, "/id"));
        code = extraction == NULL ? EXIT_FAILURE : EXIT_SUCCESS;
    }
    fields = penbox_value_get(extraction, "/results/fields");
    for (i = 0; i < penbox_value_size(fields, ""); ++i) {
        const penbox_value *field = penbox_value_at(fields, i);
        const char *value = penbox_value_json(penbox_value_get(field, "/value"));
        printf("%s: %s (confidence: %s)\n", text(field, "/name"), value == NULL ? "null" : value,
               text(field, "/confidence"));
    }
    penbox_value_free(extraction);
    penbox_value_free(attachment);
    penbox_client_free(client);
    return code;
}
