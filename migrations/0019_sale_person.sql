-- Who has used a subsidy, asked of many persons at once.

CREATE INDEX sale_person ON sale (person_id);
