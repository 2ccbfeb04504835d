-- An organization :organization with :many patients of its brand :brand, and what an organization has of them.
create temporary table crowd on commit drop as
  select n, gen_random_uuid() as person, gen_random_uuid() as patient, gen_random_uuid() as journey,
    gen_random_uuid() as appointment, gen_random_uuid() as entry, now() + (n - :many / 2) * interval '1 hour' as at
  from generate_series(1, :many) n;
insert into brand select (jsonb_populate_record(b, jsonb_build_object(
  'id', ':brand', 'organization_id', ':organization', 'key', ':brand', 'host', ':brand.localhost'))).*
  from brand b limit 1;
insert into person (id, brand_id, email, password_hash, given_name, family_name, locale, time_zone, phone, status,
  created_at)
  select person, ':brand', n || '@:brand.example', '!', 'Given' || n % 50, 'Family' || n, 'en', 'UTC', '', 'active', at
  from crowd;
insert into patient (id, organization_id, brand_id, person_id, gender, jurisdiction, address, emergency_contact, source,
  created_at, version)
  select patient, ':organization', ':brand', person, 'unknown', 'US-MA', '{}', '{}', 'registration', at, 1 from crowd;
insert into appointment_type (select (jsonb_populate_record(t, jsonb_build_object(
  'id', ':organization', 'organization_id', ':organization', 'location_id', null))).* from appointment_type t limit 1);
insert into appointment (id, organization_id, brand_id, patient_id, specialist_id, appointment_type_id, status, starts_at,
  ends_at, blocked, amount, currency, terms, modality, jurisdiction, hold_until, paid, fee, moves, cancelled_by, late,
  absent, patient_arrived, specialist_arrived, waits_for, "then", version, booked_at)
  select appointment, ':organization', ':brand', patient, s.id, ':organization', 'cancelled', at,
    at + interval '45 minutes', tstzrange(at, at + interval '45 minutes'), 100, 'USD', '{}', 'video', 'US-MA', at, true,
    0, 0, 'patient', false, '', false, false, '', '', 1, at from crowd, (select id from specialist limit 1) s;
insert into engagement (id, organization_id, specialist_id, status, effective_from, appointment_types, terms, version)
  select gen_random_uuid(), ':organization', id, 'active', '2020-01-01', '{}', '{}', 1
  from (select id from specialist limit 1) s;
insert into journey (id, organization_id, brand_id, patient_id, definition_key, definition_version, status, stage, step,
  step_kind, waits_for, since, until, "then", escalated, outcome, facts, version, started_at)
  select journey, ':organization', ':brand', patient, 'first-steps', 1, 'active', 'intake', 'phq-9', 'form', 'patient',
    at, at, '', true, '', '{}', 1, at from crowd;
insert into task (id, organization_id, journey_id, patient_id, step, opened_version, assignee, urgent, due_at, opened_at,
  done_at)
  select gen_random_uuid(), ':organization', journey, patient, 'call', state, 'care-coordinator', n % 9 = 0, at, at,
    case when state = 1 then at end from crowd, generate_series(0, 1) state;
insert into message (id, organization_id, brand_id, person_id, key, template, category, channel, locale, status, reason,
  vendor_reference, created_at, updated_at)
  select gen_random_uuid(), ':organization', ':brand', person, 'crowd/' || n, 'reminder', 'reminders', 'email', 'en',
    'delivered', '', '', at, at from crowd;
insert into ledger_entry (id, organization_id, key, kind, posted_at)
  select entry, ':organization', 'crowd/' || n, 'charge', at - :many / 2 * interval '1 hour' from crowd;
insert into ledger_line (id, organization_id, entry_id, account, patient_id, amount, currency, rule_version)
  select gen_random_uuid(), ':organization', entry, account, patient, amount, 'USD', '1'
  from crowd, (values ('card-vendor', 100), ('prepaid-sessions', -100)) line (account, amount);
insert into audit_entry (organization_id, sequence, at, actor, person_id, roles, act, outcome, patient_id, resource, door,
  reason, previous_hash, hash)
  select ':organization', n, at, 'operator', person, '{}', case when n = 7 then 'role:retire' else 'patient:read' end,
    'done', patient, '', case when n = 7 then 'cli' else 'organization/json' end, '', '', '' from crowd
