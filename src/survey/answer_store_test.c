#include "survey/answer_store.h"

#include "base/test.h"
#include "conversation/testing_store.h"
#include "store/event.h"
#include "survey/answer_list_store.h"

struct answer_in {
    enum question_kind kind;
    int64_t score;
    struct interaction interaction;
};

static enum err answer_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct answer_in *answer = in;
    struct dimensions dimensions = { 0 };
    return answer_add_standard(tx, arena, answer->kind, answer->score, &answer->interaction,
                               &dimensions, out);
}

static enum err answer(struct scene *scene, enum question_kind kind, int64_t score,
                       int64_t conversation_id, int64_t *out)
{
    static const struct command ADD = { .name = "test_answer", .run = answer_run };
    struct answer_in in = {
        .kind = kind,
        .score = score,
        .interaction = { .id = 77, .at_ms = 1000 + score, .conversation_id = conversation_id },
    };
    return scene_run(scene, &ADD, &in, out);
}

TEST(every_workspace_has_the_three_standard_surveys_once)
{
    struct scene scene = scene_open();
    CHECK(scene_run(&scene, &SURVEY_PREPARE, NULL, NULL) == OK);
    CHECK(scene_run(&scene, &SURVEY_PREPARE, NULL, NULL) == OK);
    struct survey_view *surveys = NULL;
    size_t count = 0;
    CHECK(survey_list(scene.reader, scene.arena, 0, 10, &surveys, &count) == OK);
    CHECK(count == 3);
    for (size_t i = 0; i < count; i++) {
        CHECK(surveys[i].is_standard && surveys[i].questions_count == 1);
        CHECK(surveys[i].questions[0].kind == (enum question_kind)(QUESTION_NPS + i));
        struct survey_view one = { 0 };
        CHECK(survey_view_read(scene.reader, scene.arena, surveys[i].id, &one) == OK);
        CHECK(str_equal(one.name, surveys[i].name));
    }
    struct survey_view none;
    CHECK(survey_view_read(scene.reader, scene.arena, 4711, &none) == ERR_NOT_FOUND);
    scene_close(&scene);
}

TEST(an_answer_is_kept_with_its_score_and_told)
{
    struct scene scene = scene_open();
    int64_t id = 0;
    CHECK(answer(&scene, QUESTION_NPS, 0, 0, &id) == OK);
    CHECK(answer(&scene, QUESTION_CSAT, 5, 0, &id) == OK);
    CHECK(answer(&scene, QUESTION_NPS, 11, 0, &id) == ERR_INVALID);
    CHECK(answer(&scene, QUESTION_CSAT, 0, 0, &id) == ERR_INVALID);
    CHECK(answer(&scene, QUESTION_TEXT, 1, 0, &id) == ERR_INVALID);
    struct reach reach = { .sees_all = true };
    struct answer_asked filter = {
        .from_ms = INT64_MIN, .to_ms = INT64_MAX, .reach = &reach, .limit = 10
    };
    struct answer_page page = { 0 };
    CHECK(answer_list(scene.reader, scene.arena, &filter, &page) == OK);
    CHECK(page.count == 2 && page.next_before_id == 0 && page.items[0].id == id);
    CHECK(page.items[0].kind == QUESTION_CSAT && page.items[0].score == 5);
    CHECK(page.items[1].score == 0 && page.items[1].at_ms == 1000);
    CHECK(page.items[1].interaction_id == 77);

    const struct event *events = NULL;
    size_t count = 0;
    CHECK(feed_read(scene.reader, scene.arena, 0, 100, &events, &count) == OK);
    CHECK(count == 2 && events[0].kind == EVENT_ANSWER_RECEIVED && events[0].at_ms == 1000);
    CHECK(event_number(&events[0], FIELD_SCORE, -1) == 0);
    CHECK(event_number(&events[0], FIELD_QUESTION, -1) == QUESTION_NPS);
    CHECK(event_number(&events[1], FIELD_ANSWER, -1) == id);
    scene_close(&scene);
}

TEST(answers_are_listed_last_first_within_reach_and_filter_page_by_page)
{
    struct scene scene = scene_open();
    int64_t agent_id = scene_agent(&scene, "Noor");
    struct conversation foreign = { .team_id = scene_team(&scene, "Others") };
    int64_t hidden = scene_conversation(&scene, &foreign);
    enum { COUNT = 20 };
    int64_t ids[COUNT];
    for (int i = 0; i < COUNT; i++) {
        bool is_nps = i % 2 == 0;
        CHECK(answer(&scene, is_nps ? QUESTION_NPS : QUESTION_CES, is_nps ? 10 : 7,
                     i % 3 == 0 ? hidden : 0, &ids[i]) == OK);
    }
    struct reach reach = scene_reach(&scene, agent_id);
    struct answer_asked filter = {
        .kind = QUESTION_NPS, .from_ms = 1010, .to_ms = 1011, .reach = &reach, .limit = 2
    };
    struct answer_page page = { 0 };
    int next = COUNT - 1;
    do {
        filter.before_id = page.next_before_id;
        CHECK(answer_list(scene.reader, scene.arena, &filter, &page) == OK);
        for (size_t i = 0; i < page.count; i++, next--) {
            while (next >= 0 && (next % 2 != 0 || next % 3 == 0)) next--;
            CHECK(next >= 0 && page.items[i].id == ids[next]);
        }
    } while (page.next_before_id != 0);
    while (next >= 0 && (next % 2 != 0 || next % 3 == 0)) next--;
    CHECK(next < 0);

    filter.to_ms = 1010;
    filter.before_id = 0;
    CHECK(answer_list(scene.reader, scene.arena, &filter, &page) == OK);
    CHECK(page.count == 0);
    scene_close(&scene);
}
