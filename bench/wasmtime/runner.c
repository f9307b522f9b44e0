/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* The runner of Wasmtime: runner cranelift|winch [bounds] [epoch] [fuel] [pooling]. The protocol is that of
 * bench/runner/src/serve.rs. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api.h"

static wasm_engine_t *engine;
static bool epoch, fuel;

/* What is loaded. */
static wasmtime_module_t *module;
static wasmtime_instance_pre_t *pre;
static wasmtime_store_t *store;
static wasmtime_instance_t instance;

/* Why the command at hand failed, if it did. */
static char failure[1024];

static bool fail(const char *why)
{
	snprintf(failure, sizeof(failure), "%s", why);
	return false;
}

/* True if there was no error. */
static bool fine(wasmtime_error_t *error)
{
	if (!error)
		return true;
	wasm_name_t message;
	wasmtime_error_message(error, &message);
	wasmtime_error_delete(error);
	snprintf(failure, sizeof(failure), "%.*s", (int)message.size, message.data);
	for (char *p = failure; *p; p++)
		if (*p == '\n')
			*p = ' ';
	return false;
}

static long long now(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static long long wall_start, cpu_start;

static void start(void)
{
	wall_start = now(CLOCK_MONOTONIC);
	cpu_start = now(CLOCK_PROCESS_CPUTIME_ID);
}

static long long cpu(void)
{
	return now(CLOCK_PROCESS_CPUTIME_ID) - cpu_start;
}

static long long wall(void)
{
	return now(CLOCK_MONOTONIC) - wall_start;
}

static bool configure(int count, char **words)
{
	wasm_config_t *config = wasm_config_new();
	wasmtime_config_parallel_compilation_set(config, false);
	for (int i = 0; i < count; i++) {
		const char *word = words[i];
		if (!strcmp(word, "cranelift")) {
			wasmtime_config_strategy_set(config, WASMTIME_STRATEGY_CRANELIFT);
		} else if (!strcmp(word, "winch")) {
			wasmtime_config_strategy_set(config, WASMTIME_STRATEGY_WINCH);
		} else if (!strcmp(word, "bounds")) {
			/* No address space beyond the memory itself: every access is compared (and, by Cranelift, masked). */
			wasmtime_config_memory_reservation_set(config, 0);
			wasmtime_config_memory_guard_size_set(config, 0);
			wasmtime_config_memory_reservation_for_growth_set(config, 0);
		} else if (!strcmp(word, "epoch")) {
			epoch = true;
			wasmtime_config_epoch_interruption_set(config, true);
		} else if (!strcmp(word, "fuel")) {
			fuel = true;
			wasmtime_config_consume_fuel_set(config, true);
		} else if (!strcmp(word, "pooling")) {
			wasmtime_pool_t *pool = wasmtime_pooling_allocation_config_new();
			wasmtime_pooling_allocation_config_total_memories_set(pool, 16);
			wasmtime_pooling_allocation_config_total_core_instances_set(pool, 16);
			wasmtime_pooling_allocation_config_max_unused_warm_slots_set(pool, 16);
			wasmtime_pooling_allocation_config_linear_memory_keep_resident_set(pool, 1 << 20);
			wasmtime_pooling_allocation_strategy_set(config, pool);
		} else {
			return fail("an unknown word on the command line");
		}
	}
	engine = wasm_engine_new_with_config(config);
	return engine || fail("no engine");
}

static uint8_t *read_file(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	if (!file) {
		fail("no such file");
		return NULL;
	}
	fseek(file, 0, SEEK_END);
	*len = (size_t)ftell(file);
	rewind(file);
	uint8_t *bytes = malloc(*len);
	if (!bytes || fread(bytes, 1, *len, file) != *len) {
		fail("cannot read the file");
		free(bytes);
		bytes = NULL;
	}
	fclose(file);
	return bytes;
}

static wasm_trap_t *nothing(void *env, wasmtime_caller_t *caller, wasmtime_val_raw_t *values, size_t count)
{
	(void)env, (void)caller, (void)values, (void)count;
	return NULL;
}

static bool refuel(wasmtime_store_t *of)
{
	wasmtime_context_t *context = wasmtime_store_context(of);
	if (epoch)
		wasmtime_context_set_epoch_deadline(context, 1);
	return !fuel || fine(wasmtime_context_set_fuel(context, UINT64_MAX));
}

static bool instantiate(wasmtime_store_t **new_store, wasmtime_instance_t *new_instance)
{
	wasm_trap_t *trap = NULL;
	*new_store = wasmtime_store_new(engine, NULL, NULL);
	return refuel(*new_store) &&
	       fine(wasmtime_instance_pre_instantiate(pre, wasmtime_store_context(*new_store), new_instance, &trap)) &&
	       (!trap || fail("the start function trapped"));
}

static bool renew(void)
{
	if (store)
		wasmtime_store_delete(store);
	store = NULL;
	return pre ? instantiate(&store, &instance) : fail("nothing is loaded");
}

static bool load(const char *path)
{
	size_t len;
	uint8_t *bytes = read_file(path, &len);
	if (!bytes)
		return false;
	wasm_valtype_vec_t no_params = { 0, NULL }, no_results = { 0, NULL };
	wasm_functype_t *type = wasm_functype_new(&no_params, &no_results);
	wasmtime_linker_t *linker = wasmtime_linker_new(engine);
	/* Before the old one goes, nothing may use it. */
	if (store)
		wasmtime_store_delete(store);
	store = NULL;
	if (pre)
		wasmtime_instance_pre_delete(pre);
	pre = NULL;
	if (module)
		wasmtime_module_delete(module);
	module = NULL;
	bool done = fine(wasmtime_linker_define_func_unchecked(linker, "bench", 5, "nothing", 7, type, nothing, NULL, NULL)) &&
		    fine(wasmtime_module_new(engine, bytes, len, &module)) &&
		    fine(wasmtime_linker_instantiate_pre(linker, module, &pre)) && renew();
	free(bytes);
	return done;
}

static bool function(wasmtime_store_t *of, const wasmtime_instance_t *in, const char *name, wasmtime_func_t *out)
{
	wasmtime_extern_t item;
	if (!wasmtime_instance_export_get(wasmtime_store_context(of), in, name, strlen(name), &item) ||
	    item.kind != WASMTIME_EXTERN_FUNC)
		return fail("no such exported function");
	*out = item.of.func;
	return true;
}

static bool call(wasmtime_context_t *context, const wasmtime_func_t *func, wasmtime_val_raw_t *value)
{
	wasm_trap_t *trap = NULL;
	return fine(wasmtime_func_call_unchecked(context, func, value, 1, &trap)) && (!trap || fail("a trap"));
}

static bool run(uint32_t n)
{
	wasmtime_func_t func;
	wasmtime_val_raw_t value = { .i32 = (int32_t)n };
	if (!store)
		return fail("nothing is loaded");
	start();
	if (!refuel(store) || !function(store, &instance, "run", &func) || !call(wasmtime_store_context(store), &func, &value))
		return false;
	printf("ok %lld %lld %u\n", cpu(), wall(), (uint32_t)value.i32);
	return true;
}

static bool compile(const char *path)
{
	size_t len;
	uint8_t *bytes = read_file(path, &len);
	if (!bytes)
		return false;
	wasmtime_module_t *compiled;
	start();
	bool done = fine(wasmtime_module_new(engine, bytes, len, &compiled));
	long long took = cpu(), wall_took = wall();
	free(bytes);
	if (!done)
		return false;
	void *first, *end;
	wasmtime_module_image_range(compiled, &first, &end);
	wasmtime_module_delete(compiled);
	printf("ok %lld %lld %zu\n", took, wall_took, (size_t)((char *)end - (char *)first));
	return true;
}

static bool validate(const char *path)
{
	size_t len;
	uint8_t *bytes = read_file(path, &len);
	if (!bytes)
		return false;
	start();
	bool done = fine(wasmtime_module_validate(engine, bytes, len));
	if (done)
		printf("ok %lld %lld\n", cpu(), wall());
	free(bytes);
	return done;
}

/* Kilobytes, as the kernel counts them. */
static long status(const char *name)
{
	char line[256];
	long value = 0;
	FILE *file = fopen("/proc/self/status", "r");
	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name)))
			value = atol(line + strlen(name));
	if (file)
		fclose(file);
	return value;
}

static bool peak(const char *path)
{
	size_t len;
	uint8_t *bytes = read_file(path, &len);
	FILE *reset = fopen("/proc/self/clear_refs", "w");
	if (!bytes || !reset)
		return fail("cannot prepare");
	fputs("5", reset);
	fclose(reset);
	long before = status("VmRSS:");
	wasmtime_module_t *compiled;
	bool done = fine(wasmtime_module_new(engine, bytes, len, &compiled));
	long after = status("VmHWM:");
	free(bytes);
	if (!done)
		return false;
	wasmtime_module_delete(compiled);
	printf("ok %ld\n", after > before ? (after - before) * 1024 : 0);
	return true;
}

static bool instances(uint32_t n)
{
	long long *times = calloc(n, sizeof(*times));
	if (!times || !pre)
		return fail("nothing is loaded");
	for (uint32_t i = 0; i < n; i++) {
		wasmtime_store_t *fresh;
		wasmtime_instance_t made;
		wasmtime_func_t func;
		wasmtime_val_raw_t value = { .i32 = 0 };
		start();
		if (!instantiate(&fresh, &made) || !function(fresh, &made, "run", &func) ||
		    !call(wasmtime_store_context(fresh), &func, &value))
			return false;
		wasmtime_store_delete(fresh);
		times[i] = wall();
	}
	printf("ok");
	for (uint32_t i = 0; i < n; i++)
		printf(" %lld", times[i]);
	putchar('\n');
	free(times);
	return true;
}

/* `count` calls of the export `name`, with `argument`, whose result may not be `bad`. */
static bool calls(const char *name, uint32_t count, uint32_t argument, int32_t bad)
{
	wasmtime_func_t func;
	if (!store || !refuel(store) || !function(store, &instance, name, &func))
		return false;
	wasmtime_context_t *context = wasmtime_store_context(store);
	start();
	for (uint32_t i = 0; i < count; i++) {
		wasmtime_val_raw_t value = { .i32 = (int32_t)argument };
		if (!call(context, &func, &value) || (bad && value.i32 == bad))
			return fail("a call failed");
	}
	printf("ok %lld\n", cpu());
	return true;
}

static bool command(const char *line)
{
	static char text[512];
	unsigned n;
	if (sscanf(line, "load %511[^\n]", text) == 1) {
		if (!load(text))
			return false;
		puts("ok");
		return true;
	}
	if (sscanf(line, "run %u", &n) == 1)
		return run(n);
	if (sscanf(line, "compile %511[^\n]", text) == 1)
		return compile(text);
	if (sscanf(line, "validate %511[^\n]", text) == 1)
		return validate(text);
	if (sscanf(line, "peak %511[^\n]", text) == 1)
		return peak(text);
	if (sscanf(line, "instances %u", &n) == 1)
		return instances(n);
	if (sscanf(line, "call %u", &n) == 1)
		return calls("empty", n, 0, 0);
	if (sscanf(line, "call_out %u", &n) == 1)
		return calls("call_out", 1, n, 0);
	if (sscanf(line, "grow %u", &n) == 1)
		return renew() && calls("grow", n, 0, -1);
	return fail("no such command");
}

int main(int argc, char **argv)
{
	static char line[1024];
	if (!configure(argc - 1, argv + 1)) {
		fprintf(stderr, "bench-wasmtime: %s\n", failure);
		return 1;
	}
	while (fgets(line, sizeof(line), stdin)) {
		if (!command(line))
			printf("error %s\n", failure);
		fflush(stdout);
	}
	return 0;
}
