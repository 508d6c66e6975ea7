-- Who drives a vehicle, whose round a pick-up is on, and which addresses were opened by whom on which day.
ALTER TABLE vehicle ADD COLUMN driver_id INTEGER REFERENCES person (id);
CREATE INDEX vehicle_driver ON vehicle (driver_id) WHERE driver_id IS NOT NULL;
ALTER TABLE pickup ADD COLUMN round_driver_id INTEGER REFERENCES person (id);
CREATE INDEX pickup_round_driver ON pickup (round_driver_id, slot_day) WHERE round_driver_id IS NOT NULL;
CREATE INDEX pickup_booked_org ON pickup (org_id, slot_day) WHERE state = 'booked';

CREATE TABLE pickup_opening (
    pickup_id INTEGER NOT NULL REFERENCES pickup (id),
    person_id INTEGER NOT NULL REFERENCES person (id),
    day INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (pickup_id, person_id, day)
);
